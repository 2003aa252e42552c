// Nest's modules import each other in a circle; under jest's ESM loader the order decides.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
